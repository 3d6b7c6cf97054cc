import HTTP
import JSON

/// A script of what goes wrong: the next requests get a 503, an HTML page, silence, half an answer.
///
/// Faults apply in the order written, each as often as it says. One without a route applies to the catalog's endpoints
/// and spares the sign-in, which is hit by `@token`.
package struct SandboxFaults: Sendable {
    package static let none = SandboxFaults([])

    private var pending: [SandboxFault]

    package init(_ faults: [SandboxFault]) { pending = faults }

    /// What befalls one request, taken out of the script: a delay, and then an answer or a cut.
    struct Strike {
        var delay = 0.0
        var response: HTTPResponse?
        var cut: Cut?
    }

    /// How much of the body still passes.
    struct Cut {
        let bytes: Int?

        func count(of length: Int) -> Int { min(bytes ?? length / 2, max(length - 1, 0)) }
    }

    /// The first `slow` that is due delays; the first other fault that is due decides.
    mutating func strike(path: String) -> Strike {
        var strike = Strike()
        if let index = pending.firstIndex(where: { $0.kind == .slow && $0.hits(path) }) {
            strike.delay = pending[index].number ?? 1
            spend(index)
        }
        guard let index = pending.firstIndex(where: { $0.kind != .slow && $0.hits(path) }) else { return strike }
        let fault = pending[index]
        spend(index)
        if fault.kind == .cut {
            strike.cut = Cut(bytes: fault.number.map { Int(min(max($0, 0), 1e9)) })
        } else {
            strike.response = fault.response
        }
        return strike
    }

    private mutating func spend(_ index: Int) {
        guard let count = pending[index].count else { return }
        if count > 1 { pending[index].count = count - 1 } else { pending.remove(at: index) }
    }
}
