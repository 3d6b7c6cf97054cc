package import OvalEdge

extension RemedyTexts {
    /// Sentences that are the library's own as they are, and for all else what the value is called.
    package static let neutral = RemedyTexts { remedy in
        switch remedy {
        case .text(let sentence), .forOperator(let sentence): sentence
        case .wait(let seconds?): "Wait \(Int(seconds)) seconds, then call again."
        default: "Remedy: \(remedy)."
        }
    }
}

extension RemediableError {
    /// What happened, and what to do.
    package var sentences: String { RemedyTexts.neutral.text(of: self) }
}
