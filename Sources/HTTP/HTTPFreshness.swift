import Clock

extension HTTPResponse {
    /// For how many seconds it may be kept (RFC 9111 §4.2.1), brought into `bounds`; `usual` where it does not say.
    package func freshSeconds(
        within bounds: ClosedRange<Double>,
        usual: Double,
        at now: @autoclosure () -> Double = SystemClock.secondsSince1970()
    ) -> Double {
        let seconds = controlledSeconds ?? expirySeconds(at: now()) ?? usual
        return min(max(seconds, bounds.lowerBound), bounds.upperBound)
    }

    private var controlledSeconds: Double? {
        let directives = fields.values("Cache-Control").joined(separator: ",").lowercased().split(separator: ",")
            .map { $0.filter { $0 != " " && $0 != "\t" && $0 != "\"" } }
        if directives.contains("no-store") || directives.contains("no-cache") { return 0 }
        let prefix = "max-age="
        guard let age = directives.first(where: { $0.hasPrefix(prefix) })?.dropFirst(prefix.count) else { return nil }
        return age.utf8.allSatisfy { (48...57).contains($0) } ? Double(age) : nil
    }

    private func expirySeconds(at now: Double) -> Double? {
        guard let text = fields["Expires"] else { return nil }
        // What is not a date has expired.
        guard let end = HTTPDate.seconds(text) else { return 0 }
        return end - (fields["Date"].flatMap(HTTPDate.seconds) ?? now)
    }
}
