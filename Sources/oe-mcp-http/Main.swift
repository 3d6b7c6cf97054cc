@main
enum Main {
    static func main() { HTTPProgram.main() }
}
