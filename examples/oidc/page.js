// fetch() would follow a redirect, so the API answers 401 with its reason.
document.querySelector("#ask").onclick = async () => {
  const response = await fetch("/api/me");
  const { name, reason, error } = await response.json();
  document.querySelector("#answer").textContent = name ?? error ?? reason;
  if (reason) location.href = `/?why=${reason}&to=${location.pathname}`;
};
