/// The pages that a person sees while a client is connected, and where connections are looked at.
package struct SignInPages: Sendable {
    let words: SignInWords
    /// Of this server, as people type it.
    let host: String
    /// In days: of a connection at most, and of one that is not used.
    let days: Int
    let unusedDays: Int

    /// What has to come back with a form.
    struct Ticket: Sendable {
        let transaction: String
        let check: String

        var fields: String {
            """
            <input type="hidden" name="transaction" value="\(SignInPage.escaped(transaction))">
            <input type="hidden" name="csrf" value="\(SignInPage.escaped(check))">
            """
        }
    }

    package init(words: SignInWords, host: String, days: Int, unusedDays: Int) {
        self.words = words
        self.host = host
        self.days = days
        self.unusedDays = unusedDays
    }

    private func escaped(_ text: String) -> String { SignInPage.escaped(text) }

    // MARK: Signing in

    /// `complaint` is what was wrong with what came before, and `ticked` the boxes that were ticked in it.
    func signIn(
        _ asked: AskedFor,
        _ ticket: Ticket,
        complaint: String? = nil,
        ticked: Set<String> = []
    ) -> SignInPage {
        let product = escaped(words.product)
        return SignInPage(
            title: "Connect \(words.product)",
            content: """
                <h1>Connect a program to \(product)</h1>
                <p><strong>“\(escaped(asked.clientName))”</strong> asks to use \(product) in your name. \
                The name is its own and was not checked.</p>
                \(complaint.map { "<p class=\"note bad\" id=\"complaint\" role=\"alert\">\(escaped($0))</p>" } ?? "")
                \(facts(asked))
                \(warning(asked.redirect))
                <form id="deny" method="post" action="/authorize">
                \(ticket.fields)
                <input type="hidden" name="decision" value="deny">
                </form>
                <form method="post" action="/authorize" autocomplete="off">
                \(ticket.fields)
                <input type="hidden" name="decision" value="allow">
                \(choices(asked.scopes, ticked))
                \(entries(isWrong: complaint != nil))
                <p class="soft">They go to this server and from here to \(product), and never to the program.</p>
                <div class="buttons">
                <button type="submit" form="deny">Cancel</button>
                <button type="submit" class="main">Allow</button>
                </div>
                </form>
                <p class="soft">The connection ends after \(count(days, "day")), or \(count(unusedDays, "day")) without use. \
                You can end it at any time at <a href="/connections">\(escaped(host))/connections</a>.</p>
                """
        )
    }

    private func facts(_ asked: AskedFor) -> String {
        """
        <dl>
        <dt>This server</dt><dd>\(escaped(host))</dd>
        <dt>\(escaped(words.product))</dt><dd>\(escaped(words.productAddress))</dd>
        <dt>Who vouches</dt><dd>\(escaped(asked.voucher))</dd>
        <dt>Returns to</dt><dd><strong>\(escaped(asked.redirect.destination))</strong></dd>
        </dl>
        """
    }

    private func warning(_ redirect: RedirectURI) -> String {
        switch redirect.kind {
        case .web: ""
        case .loopback:
            """
            <p class="note warn">It returns to a program on this computer. Go on only if you have just started that \
            yourself; any program on this computer could have asked.</p>
            """
        case .app:
            """
            <p class="note warn">It returns to an app on this device that opens <code>\(escaped(redirect.scheme)):</code> \
            links. Go on only if you have just started that yourself.</p>
            """
        }
    }

    private func choices(_ scopes: [String], _ ticked: Set<String>) -> String {
        let lines = words.scopes.filter { $0.box == nil || scopes.contains($0.scope) }.map { scope in
            guard let box = scope.box else { return "<ul><li>\(escaped(scope.label))</li></ul>" }
            return """
                <label class="choice"><input type="checkbox" name="\(box)" value="on"\
                \(ticked.contains(box) ? " checked" : "")> \
                <span>\(escaped(scope.label))</span></label>
                """
        }
        return "<fieldset>\n<legend>What it may do</legend>\n\(lines.joined(separator: "\n"))\n</fieldset>"
    }

    private func entries(isWrong: Bool) -> String {
        words.fields.enumerated().map { place, field in
            let described = "\(field.name)_hint" + (isWrong ? " complaint" : "")
            return """
                <label class="field" for="\(field.name)">\(escaped(field.label))</label>
                <input class="entry" id="\(field.name)" name="\(field.name)" type="password" autocomplete="off" \
                autocapitalize="none" spellcheck="false" maxlength="2048" required aria-describedby="\(described)"\
                \(place == 0 && isWrong ? " autofocus" : "")>
                <p class="soft" id="\(field.name)_hint">\(escaped(field.hint))</p>
                """
        }.joined(separator: "\n")
    }

    private func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }

    // MARK: Going back

    /// Goes to `address` at once, but for an app, whose links want to be followed by a person.
    func done(_ redirect: RedirectURI, to address: String, isAllowed: Bool) -> SignInPage {
        let what = isAllowed ? "Connected" : "Not connected"
        let copy = """
            <h2>Is the program on another computer?</h2>
            <p>Copy this address and paste it there:</p>
            <p><code>\(escaped(address))</code></p>
            """
        return SignInPage(
            title: "\(what) – \(words.product)",
            content: """
                <h1>\(what)</h1>
                <p>\(isAllowed ? "The program can use \(escaped(words.product)) now." : "Nothing was granted.") \
                This page takes you back to it.</p>
                <p class="buttons"><a class="button main" href="\(escaped(address))" rel="noreferrer">\
                Return to \(escaped(redirect.destination))</a></p>
                \(redirect.kind == .loopback ? copy : "")
                """,
            next: redirect.kind == .app ? nil : address
        )
    }

    /// What happened, and what to do about it.
    func message(_ title: String, _ sentences: String...) -> SignInPage {
        let paragraphs = sentences.map { "<p>\(escaped($0))</p>" }.joined(separator: "\n")
        return SignInPage(
            title: "\(title) – \(words.product)",
            content: "<h1>\(escaped(title))</h1>\n\(paragraphs)\n<p class=\"soft\">\(escaped(host))</p>"
        )
    }
}

// MARK: Connections

extension SignInPages {
    /// One connection as its person sees it.
    struct Connection: Sendable {
        let id: String
        let client: String
        let destination: String
        let scopes: [String]
        /// Days of the calendar, such as `2026-11-29`.
        let since: String
        let until: String
    }

    func connections(signingIn ticket: Ticket, complaint: String? = nil) -> SignInPage {
        SignInPage(
            title: "Connections to \(words.product)",
            content: """
                <h1>Your connections to \(escaped(words.product))</h1>
                <p>See which programs are connected in your name, and end what you no longer want. \
                Type the \(escaped(words.things)) with which you connected them.</p>
                \(complaint.map { "<p class=\"note bad\" id=\"complaint\" role=\"alert\">\(escaped($0))</p>" } ?? "")
                <form method="post" action="/connections" autocomplete="off">
                \(ticket.fields)
                \(entries(isWrong: complaint != nil))
                <div class="buttons"><button type="submit" class="main">Show connections</button></div>
                </form>
                """
        )
    }

    func connections(_ list: [Connection], _ ticket: Ticket, note: String? = nil) -> SignInPage {
        let rows = list.map { row($0, ticket) }.joined(separator: "\n")
        let table = """
            <table>
            <thead><tr><th scope="col">Program</th><th scope="col">Since</th><th scope="col">End it</th></tr></thead>
            <tbody>
            \(rows)
            </tbody>
            </table>
            \(button("all", "End all connections", ticket))
            """
        return SignInPage(
            title: "Connections to \(words.product)",
            content: """
                <h1>Your connections to \(escaped(words.product))</h1>
                \(note.map { "<p class=\"note warn\" role=\"status\">\(escaped($0))</p>" } ?? "")
                \(list.isEmpty ? "<p>No program is connected with these values.</p>" : table)
                """
        )
    }

    private func row(_ connection: Connection, _ ticket: Ticket) -> String {
        """
        <tr><td><strong>“\(escaped(connection.client))”</strong><br>
        <span class="soft">\(escaped(connection.destination)) · \(escaped(connection.scopes.joined(separator: ", "))) · \
        \(escaped(connection.id))</span></td>
        <td>\(escaped(connection.since))<br><span class="soft">until \(escaped(connection.until))</span></td>
        <td>\(button(connection.id, "End", ticket, of: connection.client))</td></tr>
        """
    }

    private func button(_ value: String, _ label: String, _ ticket: Ticket, of client: String? = nil) -> String {
        """
        <form method="post" action="/connections">
        \(ticket.fields)
        <button type="submit" name="revoke" value="\(escaped(value))"\
        \(client.map { " aria-label=\"\(escaped("\(label) the connection of \($0)"))\"" } ?? "")>\(escaped(label))</button>
        </form>
        """
    }
}

/// What a client asks for, as it is put to a person.
struct AskedFor: Sendable {
    let clientName: String
    let identity: OAuthClient.Identity
    let redirect: RedirectURI
    let scopes: [String]

    var voucher: String {
        switch identity {
        case .published(let host): "published by \(host)"
        case .selfRegistered: "no one: self-registered, unverified"
        case .configured: "set up by the operator of this server"
        }
    }
}

extension RedirectURI {
    /// Where it leads, for people.
    var destination: String {
        switch kind {
        case .web: host
        case .loopback: "a program on this computer (\(host))"
        case .app: "an app (\(scheme):\(host.isEmpty ? "" : "//\(host)"))"
        }
    }
}
