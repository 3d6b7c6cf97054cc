import Text

/// What was counted as text, for a program that collects metrics.
///
/// In Prometheus's own format (0.0.4), or in OpenMetrics 1.0, which has exemplars.
package enum Exposition: Sendable {
    case prometheus, openMetrics

    /// What the `Accept` field of a request asks for.
    package init(accept: String?) {
        self = accept?.lowercased().holds("application/openmetrics-text") == true ? .openMetrics : .prometheus
    }

    package var mediaType: String {
        switch self {
        case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    package func rendered(_ readings: [Metrics.Reading]) -> String {
        var text = ""
        for (family, samples) in readings {
            text += "# HELP \(title(family)) \(family.help)\n# TYPE \(title(family)) \(family.typeName)\n"
            for sample in samples { write(sample, of: family, to: &text) }
        }
        if case .openMetrics = self { text += "# EOF\n" }
        return text
    }

    /// In OpenMetrics a counter's name has its ending in its samples only.
    private func title(_ family: MetricFamily) -> String {
        guard case .openMetrics = self, family.kind == .counter else { return family.name }
        return String(family.name.dropLast("_total".count))
    }

    private func write(_ sample: MetricSample, of family: MetricFamily, to text: inout String) {
        guard case .histogram(let buckets) = family.kind else {
            text += "\(family.name)\(Self.labels(sample.labels)) \(Self.number(sample, of: family))\n"
            return
        }
        var count = 0
        for (bucket, number) in sample.numbers.dropLast().enumerated() {
            count += number
            let bound = bucket < buckets.count ? Self.bound(buckets[bucket], in: self) : "+Inf"
            let labels = Self.labels(sample.labels + [("le", bound)])
            text += "\(family.name)_bucket\(labels) \(count)\(exemplar(sample.exemplars[bucket]))\n"
        }
        let labels = Self.labels(sample.labels)
        text += "\(family.name)_sum\(labels) \(Double(sample.numbers.last ?? 0) / 1e9)\n"
        text += "\(family.name)_count\(labels) \(count)\n"
    }

    private func exemplar(_ exemplar: MetricExemplar?) -> String {
        guard case .openMetrics = self, let exemplar else { return "" }
        return " # {trace_id=\"\(exemplar.trace)\"} \(exemplar.seconds) \(exemplar.at)"
    }

    /// What is counted in nanoseconds is seconds outside.
    private static func number(_ sample: MetricSample, of family: MetricFamily) -> String {
        let number = sample.numbers.first ?? 0
        return family.name.hasSuffix("_seconds_total") || family.name.hasSuffix("_time_seconds")
            ? String(Double(number) / 1e9) : String(number)
    }

    private static func bound(_ seconds: Double, in format: Exposition) -> String {
        if case .prometheus = format, let whole = Int(exactly: seconds) { return String(whole) }
        return String(seconds)
    }

    private static func labels(_ labels: [(name: String, value: String)]) -> String {
        if labels.isEmpty { return "" }
        return "{" + labels.map { "\($0.name)=\"\(escaped($0.value))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        value.reduce(into: "") { text, character in
            switch character {
            case "\\": text += #"\\"#
            case "\"": text += #"\""#
            case "\n": text += #"\n"#
            default: text.append(character)
            }
        }
    }
}
