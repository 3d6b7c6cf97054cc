/// Texts that are looked for all at once, so that many of them cost no more than one.
struct KnownTexts {
    private static let least = 4

    private let texts: Set<ArraySlice<UInt8>>
    /// How long the texts are that begin with these bytes, the longest first.
    private var lengths: [ArraySlice<UInt8>: [Int]] = [:]

    /// Texts of fewer than four bytes are left out.
    init(_ texts: Set<String>) {
        self.texts = Set(texts.map { Array($0.utf8)[...] }.filter { $0.count >= Self.least })
        let groups = Dictionary(grouping: self.texts) { $0.prefix(Self.least) }
        lengths = groups.mapValues { Set($0.map { $0.count }).sorted(by: >) }
    }

    /// The text with `mark` wherever one of them occurs; of two that begin at one place the longer one counts.
    func replaced(in text: String, by mark: String) -> String {
        guard !texts.isEmpty else { return text }
        let bytes = Array(text.utf8)
        var (result, place) = ([UInt8](), 0)
        while place < bytes.count {
            if let length = length(at: place, in: bytes) {
                result += mark.utf8
                place += length
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private func length(at place: Int, in bytes: [UInt8]) -> Int? {
        lengths[bytes[place...].prefix(Self.least)]?.first { length in
            place + length <= bytes.count && texts.contains(bytes[place..<(place + length)])
        }
    }
}
