import Testing

@testable import Secrets

@Suite struct `A reference to a secret` {
    @Test(arguments: [
        ("env:MY_TOKEN", SecretReference.variable("MY_TOKEN")),
        ("file:/run/secrets/a b", .file("/run/secrets/a b")),
        ("credential:ovaledge", .credential("ovaledge")),
        ("op://Private/OvalEdge/secret", .onePassword("Private/OvalEdge/secret")),
        ("op://Private/OvalEdge/section/secret", .onePassword("Private/OvalEdge/section/secret")),
        ("pass:work/ovaledge", .pass("work/ovaledge")),
        (#"command:["/usr/bin/x","a b"]"#, .command(["/usr/bin/x", "a b"])),
    ])
    func `has a form and a place, and is written again as it was read`(text: String, reference: SecretReference) throws
    {
        #expect(try SecretReference(text) == reference)
        #expect(reference.text == text)
    }

    @Test(arguments: [("keychain:token", "default", "token"), ("keychain:prod/token", "prod", "token")])
    func `to the key store has a profile and a key`(text: String, profile: String, key: String) throws {
        let item = try #require(KeychainItem(profile: profile, key: key))
        #expect(try SecretReference(text) == .keychain(item))
        #expect(SecretReference.keychain(item).text == text)
    }

    @Test(arguments: ["", "q7RkW2mXc9", "https://a.b", "jwt:abc", "envelope", "FILE:/a", "redis://:pw@host"])
    func `is not found in a text that begins otherwise`(text: String) throws {
        #expect(try SecretReference(text) == nil)
    }

    @Test(arguments: [
        "env:", "env:1A", "env:A B", "file:relative", "file:", "credential:../x", "credential:a/b", "keychain:",
        "keychain:a/b/c", "keychain:a b", "keychain:-x", "op:x", "op://a/b", "op://a//c", "pass:", "pass:-c",
        "pass:/abs", "pass:../a", "command:", "command:x", "command:[]", #"command:["relative"]"#, "command:[1]",
        #"command:["/a",2]"#,
    ])
    func `is a fault, and no secret, where it names no place`(text: String) {
        #expect(throws: SecretReferenceFault.self) { try SecretReference(text) }
    }

    @Test func `to a command shows no argument`() throws {
        let reference = try #require(try SecretReference(#"command:["/opt/x","q7RkW2mXc9"]"#))
        #expect("\(reference)" == "command:/opt/x …")
    }

    @Test(arguments: SecretReference.Form.allCases)
    func `has an example that can be read`(form: SecretReference.Form) throws {
        #expect(try SecretReference(SecretReferenceFault(form: form).example)?.form == form)
    }

    @Test(
        arguments: [
            ("pass:work/ovaledge", 10.1, "a call waits no longer than 10.0 seconds for it, and would fail"),
            ("keychain:x", 2.6, "a call waits no longer than 2.5 seconds for it, and would fail"),
            ("pass:work/ovaledge", 9.9, nil), ("file:/run/x", 30, nil),
        ] as [(String, Double, String?)]
    )
    func `that takes longer than a call waits is said to do so`(text: String, seconds: Double, said: String?) throws {
        let reference = try #require(try SecretReference(text))
        #expect(SecretLimits.server.lateness(of: reference, after: .seconds(seconds)) == said)
    }
}
