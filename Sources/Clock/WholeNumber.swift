extension Int {
    /// The whole part of a number of seconds, or of anything else that came from outside: the nearest there is where it
    /// does not fit, and 0 for what is no number.
    package init(clamping number: Double) {
        if let whole = Int(exactly: number.rounded(.towardZero)) {
            self = whole
        } else {
            self = number.isNaN ? 0 : number < 0 ? .min : .max
        }
    }
}
