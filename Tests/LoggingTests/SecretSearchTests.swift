import Logging
import Testing
import Text

@Suite struct `A search for secrets in what is given away` {
    private static let secret = "mOrganite-57-vault"

    private func finds(_ text: String, _ secrets: String...) -> Bool {
        SecretSearch((secrets.isEmpty ? [Self.secret] : secrets).map { Secret($0) }).finds(in: Array(text.utf8))
    }

    @Test(arguments: [
        secret, "x\(secret)x", secret.uppercased(), "mOrganite\n-57-vault", "m O r g a n i t e - 5 7 - v a u l t",
        String(secret.reversed()), "6d4f7267616e6974652d35372d7661756c74",
        "6d 4f 72 67 61 6e 69 74 65 2d 35 37 2d 76 61 75 6c 74",
        "%6d%4f%72%67%61%6e%69%74%65%2D%35%37%2D%76%61%75%6C%74", "mOrganite%2D57%2dvault",
        #"\u006dOrganite\u002d57-vault"#,
        "&#109;&#79;&#114;&#103;&#97;&#110;&#105;&#116;&#101;&#45;&#53;&#55;&#45;&#118;&#97;&#117;&#108;&#116;",
    ])
    func `finds one however it is written`(form: String) { #expect(finds("before \(form) after")) }

    @Test(arguments: 0..<12) func `finds one in Base64, wherever it stands and whatever follows`(shift: Int) {
        let bytes = [UInt8](repeating: 0x61, count: shift) + Array("\(Self.secret)\(shift)".utf8)
        #expect(finds(Base64.encoded(bytes)) && finds(Base64.encoded(bytes, .urlSafe)))
        let wide = Self.secret.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(finds(Base64.encoded([UInt8](repeating: 0x61, count: shift) + wide)))
    }

    @Test(arguments: [
        "", "nothing here", "mOrganite", "vault 57", "bU9yZ2", "Morganite is a mineral, and a vault is a room.",
    ])
    func `finds nothing where nothing is`(text: String) { #expect(!finds(text)) }

    @Test func `takes a weak one for itself only as a word of its own`() {
        #expect(finds("it is orders.", "orders") && finds("orders", "orders") && finds("ORDERS!", "orders"))
        #expect(!finds("reorders and orders2", "orders") && !finds("b3Jk", "orders"))
        #expect(!finds("abc", "abc"))
    }

    @Test func `looks for each of several`() {
        #expect(finds("second-secret-22", "first-secret-11", "second-secret-22"))
        #expect(!SecretSearch([]).finds(in: Array("anything".utf8)))
    }
}
