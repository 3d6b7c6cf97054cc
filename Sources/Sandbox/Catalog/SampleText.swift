/// The sample catalog as text, and its reading.
///
/// A line at the margin opens an asset: kind, id, the id of what it hangs in or `-`, and its name. Indented lines are
/// facts of that asset: a name and the rest of the line; a name that comes again adds a line. `col` opens a column:
/// `id | name | type | fact=value | …`. Some lines are no assets: `flow FROM TO ORIGIN`, `doc URL TEXT`,
/// `crawl ID CONNECTION TIME` and `change CRAWL ASSET FINDING`.
struct SampleText {
    private(set) var catalog = SampleCatalog()
    /// Lines that could not be read; a test expects none.
    private(set) var unread: [String] = []
    private var current: SampleAsset?
    private var columns: [SampleAsset] = []

    static let all = [
        connections, shop, warehouse, service, lake, reports, glossary, tags, stories, products, flows, docs,
        crawls,
    ]

    init(_ texts: [String]) {
        for text in texts {
            for line in text.split(separator: "\n") { read(line) }
        }
        close()
    }

    private mutating func read(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 1)
        guard words.count == 2 else { return unread.append(String(line)) }
        let rest = String(words[1])
        if !line.hasPrefix(" ") {
            close()
            if !opened(String(words[0]), rest) { unread.append(String(line)) }
        } else if words[0] == "col" {
            if !column(rest) { unread.append(String(line)) }
        } else {
            addFact(String(words[0]), rest)
        }
    }

    private mutating func opened(_ word: String, _ rest: String) -> Bool {
        let parts = rest.split(separator: " ", maxSplits: 2).map { String($0) }
        switch word {
        case "flow":
            guard parts.count == 3, let from = Int(parts[0]), let to = Int(parts[1]) else { return false }
            catalog.add(SampleCatalog.Flow(from: from, to: to, origin: parts[2]))
        case "doc":
            guard let url = parts.first, parts.count > 1 else { return false }
            catalog.add(SampleCatalog.DocChunk(url: url, text: parts.dropFirst().joined(separator: " ")))
        case "crawl":
            guard parts.count == 3, let id = Int(parts[0]), let connection = Int(parts[1]) else { return false }
            catalog.add(SampleCrawl(id: id, connection: connection, at: parts[2]))
        case "change":
            guard parts.count == 3, let crawl = Int(parts[0]), let asset = Int(parts[1]),
                let change = SampleChange(crawl: crawl, asset: asset, parts[2])
            else { return false }
            catalog.add(change)
        default:
            guard parts.count == 3, let kind = SampleAsset.Kind(rawValue: word), let id = Int(parts[0]) else {
                return false
            }
            current = SampleAsset(id: id, kind: kind, name: parts[2], parent: Int(parts[1]))
        }
        return true
    }

    private mutating func addFact(_ fact: String, _ value: String) {
        guard let known = current?.facts[fact] else {
            current?.facts[fact] = value
            return
        }
        current?.facts[fact] = known + "\n" + value
    }

    private mutating func column(_ line: String) -> Bool {
        let cells = line.split(separator: "|").map { String($0).nonBlank ?? "" }
        guard let current, cells.count >= 3, let id = Int(cells[0]) else { return false }
        let kind: SampleAsset.Kind = current.kind == .oetable ? .oecolumn : .filecolumn
        var column = SampleAsset(id: id, kind: kind, name: cells[1], parent: current.id)
        column.facts = ["dataType": cells[2], "position": String(columns.count + 1)]
        for cell in cells.dropFirst(3) {
            let pair = cell.split(separator: "=", maxSplits: 1).map { String($0) }
            guard let fact = pair.first else { return false }
            column.facts[fact] = pair.count == 2 ? pair[1] : "yes"
        }
        columns.append(column)
        return true
    }

    private mutating func close() {
        if let current { catalog.add(current) }
        for column in columns { catalog.add(column) }
        current = nil
        columns = []
    }
}
