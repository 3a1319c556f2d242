namespace ConvNN.App.Output;

/// <summary>A terminal, whose last line can be drawn again in place.</summary>
/// <param name="columns">How wide it is; asked each time, since people resize it.</param>
internal sealed class Terminal(Func<int> columns)
{
    private const int UsualColumns = 80;

    /// <summary>How many characters fit into a line without wrapping; the last column is left free, where some terminals wrap early.</summary>
    public int Columns => columns() is > 1 and int known ? known - 1 : UsualColumns - 1;

    /// <summary>How many characters of a status line are shown: behind it is room for the <c>^C</c> that a terminal echoes.</summary>
    public int StatusColumns => Math.Max(0, Columns - 2);

    /// <summary>Whether lines may have colours. A console of Windows shows escape sequences only where a program has asked for them.</summary>
    public bool HasColour { get; init; } = !OperatingSystem.IsWindows();

    /// <summary>
    /// The terminal that stdout is, or null where plain lines are wanted: redirected, <c>NO_COLOR</c>
    /// (https://no-color.org), <c>TERM=dumb</c>, or on Unix no <c>TERM</c> at all.
    /// </summary>
    public static Terminal? OfOutput() =>
        !Console.IsOutputRedirected && WantsIt(Environment.GetEnvironmentVariable) ? new Terminal(WindowWidth) : null;

    /// <summary>Whether the environment leaves a line to be redrawn.</summary>
    /// <param name="variable">Gives an environment variable's value.</param>
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
