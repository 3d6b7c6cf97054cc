import Clock
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The numbers of one family: a row for each combination of label values, so that there can never be more of them.
///
/// Counting is a few atomic additions. Memory is the system's zero pages until a row is first counted in.
final class MetricCells: Sendable {
    let family: MetricFamily
    /// Of buckets, in nanoseconds.
    private let bounds: [Int]
    private let width: Int
    /// How many values the second label has, and those behind it.
    private let sizes: (Int, Int, Int)
    private nonisolated(unsafe) let numbers: UnsafeMutablePointer<Atomic<Int>>
    private let exemplars = Mutex<[Int: MetricExemplar]>([:])

    init(_ family: MetricFamily) {
        self.family = family
        if case .histogram(let buckets) = family.kind {
            bounds = buckets.map { Int($0 * 1e9) }
            width = bounds.count + 2
        } else {
            bounds = []
            width = 1
        }
        let counts = family.labels.dropFirst().map { $0.values.count } + [1, 1, 1]
        sizes = (counts[0], counts[1], counts[2])
        let count = family.mostSeries * width
        guard let memory = calloc(count, MemoryLayout<Atomic<Int>>.stride) else { fatalError("no memory is left") }
        numbers = memory.bindMemory(to: Atomic<Int>.self, capacity: count)
    }

    deinit { free(numbers) }

    /// Of a family with so many labels.
    func row(_ first: Int, _ second: Int = 0, _ third: Int = 0, _ fourth: Int = 0) -> Int {
        ((first * sizes.0 + second) * sizes.1 + third) * sizes.2 + fourth
    }

    func count(_ amount: Int = 1, in row: Int = 0) { numbers[row].add(amount, ordering: .relaxed) }

    /// Of a histogram.
    func observe(_ nanoseconds: Int, in row: Int = 0, trace: TraceContext? = nil) {
        var bucket = 0
        while bucket < bounds.count, nanoseconds > bounds[bucket] { bucket += 1 }
        numbers[row * width + bucket].add(1, ordering: .relaxed)
        numbers[row * width + width - 1].add(nanoseconds, ordering: .relaxed)
        guard let trace else { return }
        let exemplar = MetricExemplar(
            trace: trace.traceID.text,
            seconds: Double(nanoseconds) / 1e9,
            at: SystemClock.secondsSince1970()
        )
        exemplars.withLock { $0[row * width + bucket] = exemplar }
    }

    /// The series in which anything was counted; of a counter all, if these are few.
    var samples: [MetricSample] {
        let exemplars = exemplars.withLock { $0 }
        let showsAll = family.kind == .counter && family.mostSeries <= 64
        return (0..<family.mostSeries).compactMap { row in
            let numbers = (0..<width).map { self.numbers[row * width + $0].load(ordering: .relaxed) }
            guard showsAll || family.labels.isEmpty || numbers.contains(where: { $0 != 0 }) else { return nil }
            var sample = MetricSample(labels: labels(of: row), numbers: numbers)
            for bucket in 0...bounds.count {
                if let exemplar = exemplars[row * width + bucket] { sample.exemplars[bucket] = exemplar }
            }
            return sample
        }
    }

    private func labels(of row: Int) -> [(name: String, value: String)] {
        var rest = row
        var labels: [(name: String, value: String)] = []
        for label in family.labels.reversed() {
            labels = zip(label.names, label.values[rest % label.values.count]).map { ($0, $1) } + labels
            rest /= label.values.count
        }
        return labels.filter { !$0.value.isEmpty }
    }
}
