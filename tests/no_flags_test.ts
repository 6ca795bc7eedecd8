// All that a plain `deno test` runs: the test files that can do much without permissions, but for
// properties_test.ts, which takes long. One file that loads the others, as Deno starts anew for
// each file that it finds, which takes longer than most of them. `deno task test` takes the files
// themselves, two at a time, and all there are.
import "./app_test.ts";
import "./beside_others_test.ts";
import "./bound_test.ts";
import "./config_test.ts";
import "./http_contract_test.ts";
import "./lesson_test.ts";
import "./lifetime_test.ts";
import "./limits_test.ts";
import "./log_test.ts";
import "./memory_store_test.ts";
import "./options_test.ts";
import "./owned_test.ts";
import "./pages_test.ts";
import "./proofs_owners_test.ts";
import "./proofs_restart_test.ts";
import "./proofs_test.ts";
import "./races_test.ts";
import "./redis_store_test.ts";
import "./rotation_test.ts";
import "./rules_cookie_test.ts";
import "./rules_data_test.ts";
import "./rules_outage_test.ts";
import "./rules_response_test.ts";
import "./rules_session_test.ts";
import "./seal_test.ts";
import "./server_store_test.ts";
import "./steady_clock_test.ts";
import "./steps_test.ts";
import "./store_contract_test.ts";
import "./template_test.tsx";
import "./testing_test.ts";
import "./types_test.ts";
