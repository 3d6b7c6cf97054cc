import JSON
import Text

/// The tools of a server as a page for people: no script, and nothing from elsewhere.
struct DocsPage {
    private let document: OpenAPIDocument

    init(_ document: OpenAPIDocument) { self.document = document }

    /// What a browser may do with it.
    static let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"

    var html: String {
        let tools = document.parts.flatMap { part in part.tools.map { section($0, in: part) } }.joined()
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><title>\(document.title.html)</title>
            <meta name="viewport" content="width=device-width">
            <style>body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
            pre{background:#8881;padding:.75rem;overflow:auto;white-space:pre-wrap}code{font-size:.9em}
            h2{margin-top:2.5rem}:root{color-scheme:light dark}</style></head><body>
            <h1>\(document.title.html) <small>\(document.version.html)</small></h1>
            \(described(document.description))
            <p>The same for programs: <a href="\(document.server.html)/openapi.json">openapi.json</a>,
            <a href="\(document.server.html)/openapi.json?version=3.0">in OpenAPI 3.0</a>.</p>
            \(tools)</body></html>

            """
    }

    private func described(_ text: String?) -> String { text.map { $0.isEmpty ? "" : "<pre>\($0.html)</pre>" } ?? "" }

    private func section(_ tool: JSON, in part: OpenAPIDocument.Part) -> String {
        let name = tool["name"]?.string ?? ""
        let title = tool["title"]?.string ?? tool["annotations"]?["title"]?.string ?? name
        let output = tool["outputSchema"].map { "<h3>Result</h3><pre><code>\($0.pretty.html)</code></pre>" } ?? ""
        return """
            <h2>\(title.html)</h2>
            <p><code>POST \(document.server.html)\(part.path.html)/tools/\(name.html)</code></p>
            \(described(tool["description"]?.string))
            <details><summary>Arguments</summary>
            <pre><code>\((tool["inputSchema"] ?? [:]).pretty.html)</code></pre>\(output)</details>

            """
    }
}

extension String {
    fileprivate var html: String { HTMLEscaping.escaped(self) }
}

extension JSON {
    fileprivate var pretty: String {
        var writer = JSONWriter(isIndented: true)
        writer.write(self)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
