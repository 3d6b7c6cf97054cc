import TestSupport
import Testing

@Suite struct `Dialogues on paper` {
    @Test(arguments: [
        "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28", "both-eras", "mistakes", "batches",
    ])
    func `are played back byte for byte`(name: String) async throws {
        let file = SourceFile(#filePath, "Transcripts/\(name).transcript")
        let transcript = Transcript(try file.text())
        let heard = await transcript.played(by: TestSession())
        #expect(heard.contains { if case .fromServer = $0 { true } else { false } })
        if file.isRecording {
            try file.replace(with: file.comments() + Transcript.text(heard))
        } else {
            #expect(Transcript.text(heard) == Transcript.text(transcript.lines))
        }
    }
}
