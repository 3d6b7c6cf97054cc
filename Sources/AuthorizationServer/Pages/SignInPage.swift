import Text

/// A page as HTML without a script, and how it is sent.
package struct SignInPage: Hashable, Sendable {
    package let title: String
    /// The inside of `main`.
    let content: String
    /// Where the browser goes at once.
    var next: String?

    init(title: String, content: String, next: String? = nil) {
        self.title = title
        self.content = content
        self.next = next
    }

    package var html: String {
        let refresh = next.map { "\n<meta http-equiv=\"refresh\" content=\"0; url=\(Self.escaped($0))\">" } ?? ""
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="robots" content="noindex, nofollow">\(refresh)
            <title>\(Self.escaped(title))</title>
            <style>\(SignInStyle.css)</style>
            </head>
            <body>
            <main>
            \(content)
            </main>
            </body>
            </html>

            """
    }

    /// Nothing of it can become markup, and nothing of it is not seen.
    static func escaped(_ text: String) -> String { HTMLEscaping.escaped(VisibleText.line(text)) }
}
