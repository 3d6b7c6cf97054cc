import Crypto
import Testing
import Text

@testable import AuthorizationServer

@Suite struct `A page for signing in` {
    private static let evil = "<script>\"&'\u{202E}\u{0}\n</script>"

    private static let words = SignInWords(
        product: evil,
        productAddress: evil,
        fields: [
            .init(name: "user_token", label: evil, hint: evil), .init(name: "user_secret", label: "Secret", hint: ""),
        ],
        scopes: [.init(scope: "read", label: evil), .init(scope: "write", label: evil, box: "scope_write")]
    )
    private let pages = SignInPages(words: words, host: evil, days: 90, unusedDays: 1)
    private let ticket = SignInPages.Ticket(transaction: evil, check: evil)

    private func asked(_ redirect: String, _ identity: OAuthClient.Identity = .published(host: evil)) throws -> AskedFor
    {
        AskedFor(
            clientName: Self.evil,
            identity: identity,
            redirect: try #require(RedirectURI(redirect)),
            scopes: ["read", "write"]
        )
    }

    private var all: [SignInPage] {
        get throws {
            let connection = SignInPages.Connection(
                id: Self.evil,
                client: Self.evil,
                destination: Self.evil,
                scopes: [Self.evil],
                since: Self.evil,
                until: Self.evil
            )
            let redirects = ["https://a.example/cb", "http://127.0.0.1/cb", "cursor://a/cb"]
            return try redirects.map { pages.signIn(try asked($0), ticket, complaint: Self.evil) } + [
                pages.done(try #require(RedirectURI("http://127.0.0.1/cb")), to: Self.evil, isAllowed: true),
                pages.message(Self.evil, Self.evil), pages.connections(signingIn: ticket, complaint: Self.evil),
                pages.connections([connection], ticket, note: Self.evil), pages.connections([], ticket),
            ]
        }
    }

    @Test func `makes nothing of what others wrote, nor lets it hide`() throws {
        for page in try all {
            #expect(page.html.range(ofFirst: "<script") == nil)
            #expect(page.html.range(ofFirst: "\"&'") == nil)
            #expect(!page.html.unicodeScalars.contains { $0 == "\u{202E}" || $0 == "\u{0}" })
            #expect(page.html.range(ofFirst: "&lt;script&gt;&quot;&amp;&#39;") != nil)
        }
    }

    @Test func `has a language, a title, one heading and no script, style or picture from elsewhere`() throws {
        for page in try all {
            let html = page.html
            #expect(html.hasPrefix("<!doctype html>\n<html lang=\"en\">"))
            #expect(html.split(separator: "<h1>").count == 2)
            for part in ["src=", "<link", "onclick", "javascript:", "<img"] {
                #expect(html.range(ofFirst: part) == nil, "\(part)")
            }
        }
    }

    @Test func `carries the style whose digest its policy names`() throws {
        let digest = Base64.encoded(try Crypto.digest(Array(SignInStyle.css.utf8)))
        #expect(SignInStyle.digest == "sha256-\(digest)")
        #expect(try all.allSatisfy { $0.html.range(ofFirst: "<style>\(SignInStyle.css)</style>") != nil })
    }

    @Test func `says who asks, who vouches, where it returns to and how it ends`() throws {
        let pages = SignInPages(
            words: SignInWords(
                product: "OvalEdge",
                productAddress: "https://acme.example",
                fields: [.init(name: "user_token", label: "User token", hint: "")],
                scopes: [.init(scope: "read", label: "Read")]
            ),
            host: "mcp.example.com",
            days: 90,
            unusedDays: 30
        )
        let kinds: [(String, OAuthClient.Identity, [String])] = [
            (
                "https://claude.ai/cb", .published(host: "claude.ai"),
                ["published by claude.ai", "<strong>claude.ai</strong>"]
            ),
            ("http://127.0.0.1:7/cb", .selfRegistered, ["self-registered, unverified", "a program on this computer"]),
            ("cursor://anysphere.cursor-mcp/cb", .configured, ["operator of this server", "cursor:"]),
        ]
        for (redirect, identity, sentences) in kinds {
            let html = pages.signIn(try asked(redirect, identity), ticket).html
            for part in sentences + [
                "was not checked", "mcp.example.com", "https://acme.example", "90 days", "30 days",
            ] {
                #expect(html.range(ofFirst: part) != nil, "\(part)")
            }
        }
    }

    @Test func `has a label for each field, keeps nothing of what was typed, and lets Enter allow`() throws {
        let html = pages.signIn(try asked("https://a.example/cb"), ticket).html
        for name in ["user_token", "user_secret"] {
            #expect(html.range(ofFirst: "for=\"\(name)\"") != nil)
            #expect(
                html.range(ofFirst: "id=\"\(name)\" name=\"\(name)\" type=\"password\" autocomplete=\"off\"") != nil
            )
        }
        #expect(html.range(ofFirst: "value=\"allow\"") != nil)
        #expect(html.range(ofFirst: "<button type=\"submit\" form=\"deny\">Cancel</button>") != nil)
        #expect(html.range(ofFirst: "name=\"scope_write\" value=\"on\">") != nil)
        let again = pages.signIn(try asked("https://a.example/cb"), ticket, complaint: "No.", ticked: ["scope_write"])
        #expect(again.html.range(ofFirst: "name=\"scope_write\" value=\"on\" checked>") != nil)
    }

    @Test func `goes back at once, but to an app only by a click`() throws {
        let web = pages.done(
            try #require(RedirectURI("https://a.example/cb")),
            to: "https://a.example/cb?code=1",
            isAllowed: true
        )
        #expect(web.html.range(ofFirst: "http-equiv=\"refresh\" content=\"0; url=https://a.example/cb?code=1\"") != nil)
        let app = pages.done(try #require(RedirectURI("cursor://a/cb")), to: "cursor://a/cb?code=1", isAllowed: true)
        #expect(app.html.range(ofFirst: "http-equiv") == nil)
        #expect(app.html.range(ofFirst: "href=\"cursor://a/cb?code=1\"") != nil)
    }
}

@Suite struct `The address of an answer` {
    @Test func `has the parameters behind those of its own, and one issuer`() throws {
        let redirect = try #require(RedirectURI("https://a.example/cb?a=1&iss=https://evil.test"))
        let answer = redirect.answering([(name: "code", value: "x y&z"), (name: "iss", value: "https://mcp.test")])
        #expect(answer == "https://a.example/cb?a=1&code=x%20y%26z&iss=https%3A%2F%2Fmcp.test")
        #expect(try #require(RedirectURI("app:/cb")).answering([(name: "code", value: "1")]) == "app:/cb?code=1")
    }
}

@Suite struct `Counting within a time` {
    @Test func `takes as many as there may be, and then says how long to wait`() {
        var window = EventWindow(2, within: 60)
        #expect(window.take("a", at: 0) == nil)
        #expect(window.take("a", at: 10) == nil)
        #expect(window.take("a", at: 20) == 40)
        #expect(window.take("b", at: 20) == nil)
        #expect(window.take("a", at: 61) == nil)
        window.takeBack("a")
        #expect(window.take("a", at: 61) == nil)
        #expect(window.take("a", at: 61) == 9)
    }

    @Test func `does not grow without end`() {
        var window = EventWindow(2, within: 60)
        for _ in 0..<2 { window.add("person", at: 30) }
        for number in 0..<12_000 { window.add(String(number), at: 20) }
        #expect(window.wait(for: "0", at: 31) == nil)
        #expect(window.wait(for: "person", at: 31) == 59)
    }
}
