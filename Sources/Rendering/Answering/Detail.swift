package import MCP

/// Whether the usual is shown, or all that is known.
package enum Detail: String, ArgumentChoice {
    case brief, full

    /// `brief` where the usual is asked for, else everything.
    package func limits(_ brief: SizeLimits) -> SizeLimits { self == .full ? .whole : brief }
}

extension Arguments {
    /// The argument of every tool that has more to say than it usually says.
    package mutating func readDetail() -> Detail {
        read("detail", "full: longer lists and whole texts.", default: .brief)
    }
}
