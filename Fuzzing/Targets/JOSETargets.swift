import JOSE
import JSON
import Logging
import OAuth
import Text

extension FuzzTarget {
    /// No token is read in two ways, and none that no one signed is taken.
    static let jsonWebTokens = FuzzTarget("json-web-tokens") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        try check(text)
        // Most bytes are no token; as its header and its claims they are read.
        try check("\(Base64.encoded(bytes, .urlSafe)).e30.c2ln")
        try check("eyJhbGciOiJFZERTQSJ9.\(Base64.encoded(bytes, .urlSafe)).c2ln")
    }

    /// A key that is taken is of a kind that signs, and a set of them is bounded.
    static let jsonWebKeys = FuzzTarget("json-web-keys") { bytes in
        if let json = try? JSON(parsing: bytes) { _ = try? JSONWebKey(json) }
        guard let set = try? JSONWebKeySet(bytes) else { return }
        try hold(
            bytes.count <= JSONWebKeySet.longest && set.keys.count <= JSONWebKeySet.mostKeys,
            "There are too many."
        )
        guard let token = try? JSONWebToken(signed) else { throw Broken("The token is not read any more.") }
        try hold(!set.hasSigned(token), "A key has signed what none could have.")
    }

    /// By a key of which nothing is left.
    private static let signed = """
        eyJhbGciOiJFZERTQSJ9.e30.\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
        """

    private static func check(_ text: String) throws {
        guard let token = try? JSONWebToken(text) else { return }
        try hold(text.utf8.count <= JSONWebToken.longest, "It is too long.")
        try hold(text.utf8.count { $0 == UInt8(ascii: ".") } == 2, "It has other than three parts.")
        try hold(!token.claims.repeatsNames && !token.header.repeatsNames, "It has two claims of one name.")
        if let expiry = try? JSONWebToken.expiry(of: token.claims, at: 1_800_000_000, leeway: 60) {
            try hold(expiry > 1_799_999_940 && expiry < 1e12, "It ends at \(expiry).")
        }
        let rules = TokenRules(audiences: ["api"])
        guard
            let accepted = try? rules.accessToken(
                token.claims,
                issuer: "https://login.example.com",
                text: Secret(text),
                at: 1_800_000_000
            )
        else { return }
        try hold(accepted.subject.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "Its subject cannot be written.")
        try hold(accepted.scopes.allSatisfy { !$0.contains(" ") }, "A scope is two.")
    }
}
