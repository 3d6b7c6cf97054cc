import Testing

@testable import Logging

@Suite struct `The forms of a secret` {
    @Test(arguments: [
        "q7RkW2mXc9TfLz4pVb8nYd1s", "p@ss/w0rd", "a+b c", String(repeating: "aB3-dE6_gH9/jK2+m", count: 1000),
        (1000..<1300).map { "q\($0)-wR\($0 * 7)/x+\($0 * 13) zT" }.joined(),
    ])
    func `are few, however long it is`(_ secret: String) {
        let forms = Logging.SecretForm.all(of: secret)
        #expect(forms.count <= 11)
        #expect(forms.flatMap { $0.anchors }.count <= 40)
        #expect(forms.allSatisfy { $0.anchors.allSatisfy { $0.count <= 12 } })
    }

    @Test func `of a usual secret are held on to from the beginning to the end`() {
        let secret = "q7RkW2mXc9TfLz4pVb8nYd1s"
        let forms = Logging.SecretForm.all(of: secret)
        #expect(forms.count == 6)
        #expect(forms.map { $0.anchors.first } == Array(repeating: 0..<12, count: 6))
        #expect(forms.allSatisfy { $0.anchors.contains($0.text.count - 12..<$0.text.count) })
        #expect(forms.allSatisfy { !$0.isHiddenByEscapes })
    }
}
