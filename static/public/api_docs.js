/** Draws the API's description with Swagger UI, which the page loads before this module. */
const place = document.getElementById("api-docs");
globalThis.SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, validatorUrl: null });
