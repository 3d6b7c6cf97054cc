import Logging

/// A question that is answered with yes or no; Enter alone is the answer that has a capital letter.
struct YesOrNo {
    let question: String
    var usual = false

    /// As a person is asked.
    var text: String { "\(question) \(usual ? "[Y/n]" : "[y/N]")" }

    /// What a person means; nil for what is neither.
    func meaning(of typed: String) -> Bool? {
        switch typed.filter({ !$0.isWhitespace }).lowercased() {
        case "": usual
        case "y", "yes": true
        case "n", "no": false
        default: nil
        }
    }

    /// Whether the person at this terminal agrees; anything but a clear yes means no.
    func isAgreed() async -> Bool {
        StandardError.write(text)
        return await StandardInput.line().flatMap { meaning(of: $0) } ?? false
    }
}
