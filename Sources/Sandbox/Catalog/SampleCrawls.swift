/// What the crawls of the sample's data sources found, in the order of time.
struct SampleCrawl: Sendable {
    let id: Int
    let connection: Int
    /// ISO 8601 without a zone, so that texts are in the order of time.
    let at: String
}

/// One difference that a crawl found to the one before.
struct SampleChange: Sendable {
    enum Finding: Hashable, Sendable {
        case rows(Int)
        case tableRemoved(String)
        case tableAdded
        case columnAdded(String, type: String)
        case columnRemoved(String, type: String)
        case columnRetyped(String, from: String, to: String)
        case columnData(String)
    }

    let crawl: Int
    /// The table; of a table that is gone, its schema.
    let asset: Int
    let finding: Finding

    /// Reads `rows +1200`, `table added`, `table removed NAME`, `column added NAME TYPE`, `column removed NAME TYPE`,
    /// `column type NAME FROM TO`, `column data NAME`.
    init?(crawl: Int, asset: Int, _ text: String) {
        let words = text.split(separator: " ").map { String($0) }
        switch (words.first, words.count) {
        case ("rows", 2):
            guard let rows = Int(words[1]) else { return nil }
            finding = .rows(rows)
        case ("table", 2) where words[1] == "added": finding = .tableAdded
        case ("table", 3) where words[1] == "removed": finding = .tableRemoved(words[2])
        case ("column", 4) where words[1] == "added": finding = .columnAdded(words[2], type: words[3])
        case ("column", 4) where words[1] == "removed": finding = .columnRemoved(words[2], type: words[3])
        case ("column", 5) where words[1] == "type": finding = .columnRetyped(words[2], from: words[3], to: words[4])
        case ("column", 3) where words[1] == "data": finding = .columnData(words[2])
        default: return nil
        }
        self.crawl = crawl
        self.asset = asset
    }
}
