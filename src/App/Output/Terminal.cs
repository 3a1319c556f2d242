namespace ConvNN.App.Output;

/// <summary>A terminal, whose last line can be redrawn in place.</summary>
/// <param name="columns">Gets its width; called each time, since the user may resize it.</param>
internal sealed class Terminal(Func<int> columns)
{
    private const int UsualColumns = 80;

    /// <summary>How many characters fit on a line; the last column is left free, since some terminals wrap early.</summary>
    public int Columns => columns() is > 1 and int known ? known - 1 : UsualColumns - 1;

    /// <summary>How many characters fit on a status line; it leaves room for an echoed <c>^C</c>.</summary>
    public int StatusColumns => Math.Max(0, Columns - 2);

    /// <summary>Whether lines may have colours. A Windows console interprets escape sequences only if the program enables it.</summary>
    public bool HasColour { get; init; } = !OperatingSystem.IsWindows();

    /// <summary>
    /// The terminal of stdout, or null for plain lines: if stdout is redirected, or with <c>NO_COLOR</c>
    /// (https://no-color.org), <c>TERM=dumb</c>, or, on Unix, no <c>TERM</c> at all.
    /// </summary>
    public static Terminal? OfOutput() =>
        !Console.IsOutputRedirected && WantsIt(Environment.GetEnvironmentVariable) ? new Terminal(WindowWidth) : null;

    /// <summary>Whether the environment allows a line to be redrawn.</summary>
    /// <param name="variable">Gets the value of an environment variable.</param>
    internal static bool WantsIt(Func<string, string?> variable) =>
        string.IsNullOrEmpty(variable("NO_COLOR"))
        && (variable("TERM") is { Length: > 0 } term ? term != "dumb" : OperatingSystem.IsWindows());

    private static int WindowWidth()
    {
        try
        {
            return Console.WindowWidth;
        }
        catch (Exception unknown) when (unknown is IOException or PlatformNotSupportedException)
        {
            return 0;
        }
    }
}
