import TestSupport
import Testing

@Suite struct `Dialogues on paper` {
    @Test(arguments: [
        "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28", "both-eras", "mistakes", "batches",
    ])
    func `are played back byte for byte`(name: String) async throws {
        try await play(name, with: TestSession(FixtureServer.server()))
    }

    /// Rows: G143, G162, G165, G182, G184.
    @Test(arguments: ["subscriptions", "listening"])
    func `show what a client gets unasked`(name: String) async throws {
        try await play(name, with: TestSession(ChangingServer().server))
    }

    private func play(_ name: String, with session: TestSession) async throws {
        let file = SourceFile(#filePath, "Transcripts/\(name).transcript")
        let transcript = Transcript(try file.text())
        let heard = await transcript.played(by: session)
        #expect(heard.contains { if case .fromServer = $0 { true } else { false } })
        if file.isRecording {
            try file.replace(with: file.comments() + Transcript.text(heard))
        } else {
            #expect(Transcript.text(heard) == Transcript.text(transcript.lines))
        }
    }
}
