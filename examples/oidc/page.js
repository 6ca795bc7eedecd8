// An API answers 401 with its reason, because fetch() would follow a redirect.
document.querySelector("#ask").addEventListener("click", async () => {
  const answer = document.querySelector("#answer");
  const response = await fetch("/api/me");
  const { name, reason, error } = await response.json();
  answer.textContent = name ?? error ?? `${response.status} ${reason}`;
  if (response.status === 401) {
    location.href = `/?why=${reason}&to=${location.pathname}`;
  }
});
