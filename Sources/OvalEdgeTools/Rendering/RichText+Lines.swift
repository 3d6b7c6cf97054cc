package import OvalEdge

extension RichText {
    /// As lines, whichever way it was written.
    package var lines: [HTMLText.Line] {
        switch format {
        case .html: HTMLText(text).lines
        case .plain: text.split { $0.isNewline }.map { HTMLText.Line(kind: .text, text: String($0)) }
        }
    }

    func beginning(_ length: Int) -> RichText { RichText(String(text.prefix(length)), format) }

    package var plainText: String {
        switch format {
        case .html: HTMLText(text).plain
        case .plain: text
        }
    }
}
