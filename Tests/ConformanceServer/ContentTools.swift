import MCP

/// Tools that answer with each kind of content.
enum ContentTools {
    static let all = [
        reading("test_simple_text", "Answers with a text.") { Answer("A simple text.") },
        reading("test_image_content", "Answers with a picture.") { Answer([Samples.image]) },
        reading("test_audio_content", "Answers with a sound.") {
            Answer([.audio(Samples.wav, mimeType: "audio/wav")])
        },
        reading("test_embedded_resource", "Answers with a resource inside.") {
            Answer([
                .resource(
                    ResourceContents("test://embedded-resource", mimeType: "text/plain", .text("An embedded text."))
                )
            ])
        },
        reading("test_multiple_content_types", "Answers with a text, a picture and a resource.") {
            Answer([
                .text("Three kinds of content:"),
                Samples.image,
                .resource(
                    ResourceContents(
                        "test://mixed-content-resource",
                        mimeType: "application/json",
                        .text(#"{"test":"data","value":123}"#)
                    )
                ),
            ])
        },
        reading("test_error_handling", "Always fails.") {
            .failure("This tool fails on purpose. Call another one.")
        },
    ]

    private static func reading(
        _ name: String,
        _ summary: String,
        answer: @escaping @Sendable () -> Answer
    ) -> ToolSet.Tool {
        let definition = ToolDefinition(name: name, title: name, effect: .reads, summary: summary)
        return .immediate(definition, reading: { _ in }) { _, _ in answer() }
    }
}
