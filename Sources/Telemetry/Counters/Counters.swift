import JSON

/// What processes have counted, as it is kept in files: numbers that can be added up.
package struct Counters: Hashable, Sendable {
    package struct Series: Hashable, Sendable {
        package let family: String
        package let labels: [String: String]
    }

    /// Files that say another are left alone: their buckets are not ours.
    private static let format = 1
    /// What is kept, of all that is counted.
    private static let families = [
        "mcp_server_operation_duration_seconds", "oe_mcp_exchange_total", "oe_mcp_exchange_seconds",
        "oe_mcp_upstream_requests_total",
    ]

    /// In seconds since 1970.
    package var since: Double
    package var until: Double
    package var numbers: [Series: [Int]] = [:]

    /// Nothing was counted.
    package init(since: Double, until: Double) {
        self.since = since
        self.until = until
    }

    package init(of metrics: Metrics, since: Double, until: Double) {
        self.init(since: since, until: until)
        for family in Self.families {
            for sample in metrics.samples(of: family) where sample.numbers.contains(where: { $0 != 0 }) {
                let labels = sample.labels.map { ($0.name, $0.value) }
                numbers[Series(family: family, labels: Dictionary(labels) { first, _ in first })] = sample.numbers
            }
        }
    }

    package mutating func merge(_ other: Counters) {
        since = min(since, other.since)
        until = max(until, other.until)
        numbers.merge(other.numbers) { own, others in
            own.count == others.count ? zip(own, others).map { $0 &+ $1 } : own
        }
    }
}

extension Counters {
    var json: JSON {
        let series: [JSON] = numbers.map { series, numbers in
            let labels = series.labels.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .string($0.value)) }
            return [
                "family": .string(series.family), "labels": .object(JSONObject(labels)),
                "numbers": .array(numbers.map { .int($0) }),
            ]
        }
        return [
            "format": .int(Self.format), "since": .double(since), "until": .double(until), "series": .array(series),
        ]
    }

    /// Nil for what is not of this format.
    init?(_ json: JSON) {
        guard json["format"]?.int == Self.format, let since = json["since"]?.double,
            let until = json["until"]?.double, let all = json["series"]?.array
        else { return nil }
        self.init(since: since, until: until)
        for series in all {
            guard let family = series["family"]?.string, let labels = series["labels"]?.object,
                let numbers = series["numbers"]?.array?.map({ $0.int ?? 0 })
            else { continue }
            let pairs = labels.members.compactMap { member in member.value.string.map { (member.name, $0) } }
            self.numbers[Series(family: family, labels: Dictionary(pairs) { first, _ in first })] = numbers
        }
    }
}
