/// What a person sees in the browser at the end: HTML without a script, and without anything that the request said.
struct CallbackPage: Hashable, Sendable {
    let status: UInt32
    let html: String

    /// The server has sent the browser back with a code; whether a token comes for it is not known yet.
    static let done = CallbackPage(
        200,
        "Back to the terminal",
        "This part is done: you can close this window. The terminal in which you started the sign-in shows how it ended."
    )

    static let failed = CallbackPage(
        400,
        "Not signed in",
        "The sign-in has failed, or was declined. The terminal in which you started it shows why, and what to do."
    )

    static let foreign = CallbackPage(
        400,
        "Not this sign-in",
        "This link does not belong to the sign-in that is waiting here, which goes on as before. Go back to the page on "
            + "which you were signing in, or start again in the terminal."
    )

    static let missing = CallbackPage(404, "Not found", "There is nothing at this address.")

    private init(_ status: UInt32, _ title: String, _ text: String) {
        self.status = status
        html = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(title)</title>
            <style>body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1.5rem}</style>
            </head>
            <body>
            <main>
            <h1>\(title)</h1>
            <p>\(text)</p>
            </main>
            </body>
            </html>

            """
    }
}
