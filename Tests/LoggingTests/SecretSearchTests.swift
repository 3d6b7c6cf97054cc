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
        "6d:4f:72:67:61:6e:69:74:65:2d:35:37:2d:76:61:75:6c:74",
        "6D-4F-72-67-61-6E-69-74-65-2D-35-37-2D-76-61-75-6C-74",
        #"\x6d\x4f\x72\x67\x61\x6e\x69\x74\x65\x2d\x35\x37\x2d\x76\x61\x75\x6c\x74"#,
        "0x6d, 0x4f, 0x72, 0x67, 0x61, 0x6e, 0x69, 0x74, 0x65, 0x2d, 0x35, 0x37, 0x2d, 0x76, 0x61, 0x75, 0x6c, 0x74",
        "mOrganite=2D57=2dvault", "mOrga=\nnite-57-v=\r\nault",
        "=6D=4F=72=67=61=6E=69=74=65=2D=35=37=2D=76=61=75=6C=74",
        // Base32.
        "NVHXEZ3BNZUXIZJNGU3S25TBOVWHI===", "nvhxez3bnzuxizjngu3s25tbovwhi",
        "&#109;&#79;&#114;&#103;&#97;&#110;&#105;&#116;&#101;&#45;&#53;&#55;&#45;&#118;&#97;&#117;&#108;&#116;",
    ])
    func `finds one however it is written`(form: String) { #expect(finds("before \(form) after")) }

    @Test(arguments: 0..<12) func `finds one in Base64, wherever it stands and whatever follows`(shift: Int) {
        let bytes = [UInt8](repeating: 0x61, count: shift) + Array("\(Self.secret)\(shift)".utf8)
        #expect(finds(Base64.encoded(bytes)) && finds(Base64.encoded(bytes, .urlSafe)))
        let wide = Self.secret.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        #expect(finds(Base64.encoded([UInt8](repeating: 0x61, count: shift) + wide)))
    }

    @Test(arguments: 0..<5) func `finds one that was encoded twice, wherever it stands`(shift: Int) {
        let before = String(repeating: "k", count: shift)
        let (digits, base64) = (
            Array("\(before)\(Self.secret)".utf8).hexadecimal, Base64.encoded("\(before)\(Self.secret)=")
        )
        for text in [digits, digits.uppercased(), base64, base64.replacing(every: "=", with: "")] {
            #expect(finds(Array("\(before)\(text)".utf8).hexadecimal))
            #expect(finds(Base64.encoded("\(before)\(text)")) && finds(Base64.encoded("\(before)\(text)", .urlSafe)))
        }
    }

    @Test(arguments: 0..<5) func `finds one in Base32, wherever it stands`(shift: Int) {
        // As Python's base64.b32encode writes them.
        let written = [
            "NVHXEZ3BNZUXIZJNGU3S25TBOVWHI6I=", "NNWU64THMFXGS5DFFU2TOLLWMF2WY5DZ",
            "NNVW2T3SM5QW42LUMUWTKNZNOZQXK3DUPE======",
            "NNVWW3KPOJTWC3TJORSS2NJXFV3GC5LMOR4Q====", "NNVWW23NJ5ZGOYLONF2GKLJVG4WXMYLVNR2HS===",
        ]
        #expect(finds(written[shift]))
    }

    @Test(arguments: [
        "", "nothing here", "a=6D=4Fb", "6d:4f:72", "0x6d, 0x4f", "mOrganite", "vault 57", "bU9yZ2",
        "Morganite is a mineral, and a vault is a room.",
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
