import Testing

@testable import Logging

@Suite struct `The forms of a secret` {
    @Test(arguments: [
        "q7RkW2mXc9TfLz4pVb8nYd1s", "p@ss/w0rd", "a+b c", String(repeating: "aB3-dE6_gH9/jK2+m", count: 1000),
    ])
    func `are few, however long it is`(_ secret: String) {
        let forms = Logging.SecretForm.all(of: secret)
        #expect(forms.count <= 9)
        #expect(forms.flatMap { $0.anchors }.count <= 40)
        #expect(forms.allSatisfy { $0.anchors.allSatisfy { $0.count <= 12 } })
    }

    @Test func `of a usual secret are held on to by one place each`() {
        let forms = Logging.SecretForm.all(of: "q7RkW2mXc9TfLz4pVb8nYd1s")
        #expect(forms.map { $0.anchors } == Array(repeating: [0..<12], count: 5))
        #expect(forms.allSatisfy { !$0.isHiddenByEscapes })
    }
}
