/** Draws the API's description with Swagger UI, which the page loads before this module. */
const place = document.getElementById("api-docs");
// Closed groups: with every operation open it stops drawing after a few, somewhere above 125 of them.
globalThis.SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, validatorUrl: null, docExpansion: "none" });
