//! The page's own files, as `modeler/` builds them: compressed, and sent so.

/// A file of the page.
pub(super) struct File {
    pub(super) path: &'static str,
    pub(super) content_type: &'static str,
    /// Compressed by gzip.
    pub(super) content: &'static [u8],
}

macro_rules! built {
    ($name:literal) => {
        include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/modeler/dist/", $name, ".gz"))
    };
}

/// All of them.
pub(super) static FILES: [File; 6] = [
    File { path: "/", content_type: "text/html; charset=utf-8", content: built!("preview.html") },
    File { path: "/preview.js", content_type: "text/javascript; charset=utf-8", content: built!("preview.js") },
    File { path: "/preview.css", content_type: "text/css; charset=utf-8", content: built!("preview.css") },
    File { path: "/app.js", content_type: "text/javascript; charset=utf-8", content: built!("app.js") },
    File { path: "/app.css", content_type: "text/css; charset=utf-8", content: built!("app.css") },
    File { path: "/licences.txt", content_type: "text/plain; charset=utf-8", content: built!("licences.txt") },
];

/// Everything comes from here. Styles stand in what bpmn-js makes; icons of the web are not loaded.
pub(super) const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; font-src data:; img-src 'self' data:; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";
