import JSON

/// The only tool that is shown while the server refuses: it says what to do.
enum SignInTool {
    static let name = "bridge_sign_in"

    static let done = "Signed in. The tools of the server are listed now."

    static let list: JSON = [
        "tools": [
            [
                "name": .string(name), "title": "Sign in",
                "description": "The server requires a sign-in before its tools can be used. Call this to learn how.",
                "inputSchema": ["type": "object", "additionalProperties": false],
                "annotations": ["readOnlyHint": true, "openWorldHint": false],
            ]
        ]
    ]

    static func said(_ text: String, isError: Bool) -> JSON {
        ["content": [["type": "text", "text": .string(text)]], "isError": .bool(isError)]
    }
}
