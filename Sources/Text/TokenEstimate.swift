/// About how many tokens a text is to a language model, told from its bytes alone.
///
/// No model's own vocabulary is at hand here, and each has another one. What they share is the way they cut: a word is
/// a token or a few, three digits are one, and so is a run of punctuation. A test holds the estimate against a real
/// vocabulary.
package enum TokenEstimate {
    package static func tokens(in text: String) -> Int {
        var text = text
        return text.withUTF8 { tokens(in: $0) }
    }

    package static func tokens(in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        (bytes.count + 2) / 3
    }
}
