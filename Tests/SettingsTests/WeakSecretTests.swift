import Logging
import Testing

@testable import Settings

@Suite struct `A secret that is too ordinary` {
    private static let end =
        ", so it is not hidden where an answer or the log repeats it. Use a longer one of letters and digits."

    @Test(arguments: [
        ("OVALEDGE_USER_SECRET", "short7!", "OVALEDGE_USER_SECRET is shorter than 8 characters"),
        ("OVALEDGE_USER_TOKEN", "12345678", "OVALEDGE_USER_TOKEN is a number"),
        ("OVALEDGE_USER_TOKEN", "structured", "OVALEDGE_USER_TOKEN is a word"),
        ("OVALEDGE_USER_TOKEN", "sales", "OVALEDGE_USER_TOKEN is shorter than 8 characters"),
        ("OVALEDGE_USER_SECRET", "----------------", "OVALEDGE_USER_SECRET consists of very few different characters"),
        (
            "OVALEDGE_PROXY", "http://svc:pass@proxy.example",
            "The password in OVALEDGE_PROXY is shorter than 8 characters"
        ),
    ])
    func `is reported whatever the log level, and not shown`(_ name: String, _ secret: String, _ words: String) throws {
        let settings = try Settings.read(version: "1", environment: [name: secret, "LOG_LEVEL": "error"])
        #expect(settings.trustWarnings == [words + Self.end])
        #expect(!settings.trustWarnings.joined().contains("pass@") && !settings.trustWarnings.joined().contains(secret))
    }

    @Test func `is no secret that OvalEdge makes`() throws {
        let settings = try Settings.read(
            version: "1",
            environment: [
                "OVALEDGE_USER_TOKEN": "q7RkW2mXc9TfLz4p", "OVALEDGE_USER_SECRET": "Zm9vYmFy+mF6L3F1eA/ZGVtbw==",
                "HTTPS_PROXY": "http://svc:Pw9xLmQ2zz@proxy.example", "HTTP_PROXY": "http://proxy.example",
            ]
        )
        #expect(settings.trustWarnings == [])
    }
}
