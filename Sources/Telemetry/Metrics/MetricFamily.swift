/// One label of a family, or several of which each value goes with few of the others; with all values there can be.
package struct MetricLabel: Sendable {
    package let names: [String]
    /// For each name one; an empty one is left out.
    package let values: [[String]]
    private let places: [String: Int]
    private let first: String

    package init(_ name: String, _ values: [String]) { self.init([name], values.map { [$0] }) }

    package init(_ names: [String], _ values: [[String]]) {
        self.names = names
        self.values = values
        first = values[0][0]
        places = Dictionary(zip(values.map { $0[0] }, values.indices)) { first, _ in first }
    }

    /// By its first name; what is not among the values is counted as the last one.
    ///
    /// The first value is found soonest: hashing a text costs as much as all else about counting.
    func place(of value: String) -> Int { value == first ? 0 : places[value] ?? values.count - 1 }
}

/// What is counted under one name, as Prometheus has it: its kind, its labels, and what it says.
package struct MetricFamily: Sendable {
    package enum Kind: Hashable, Sendable {
        case counter
        case gauge
        /// The upper bounds in seconds, in order, without the last, which is infinite.
        case histogram([Double])
    }

    package let name: String
    package let help: String
    package let kind: Kind
    package let labels: [MetricLabel]

    package init(_ name: String, _ kind: Kind, _ help: String, labels: [MetricLabel] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }

    /// How many series there can be.
    package var mostSeries: Int { labels.reduce(1) { $0 * $1.values.count } }

    package var typeName: String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }
}

/// What was counted of one series.
package struct MetricSample: Sendable {
    /// Those with a value, in the order of the family.
    package let labels: [(name: String, value: String)]
    /// One number; of a histogram one for each bucket, not added up, and at the end the sum in nanoseconds.
    package let numbers: [Int]
    /// By bucket.
    package var exemplars: [Int: MetricExemplar] = [:]
}

/// One measured call of a bucket, and the trace that shows it.
package struct MetricExemplar: Sendable {
    package let trace: String
    package let seconds: Double
    /// In seconds since 1970.
    package let at: Double
}
