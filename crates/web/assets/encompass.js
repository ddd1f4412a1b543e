// Starts govuk-frontend. It is a file of its own because the content security policy allows no script within a page.
import { initAll } from "{{govuk-frontend.min.js}}";

document.body.classList.add("js-enabled", "govuk-frontend-supported");
initAll();
