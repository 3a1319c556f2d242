using System.Text;

namespace ConvNN.App.Output;

/// <summary>stdout and stderr as text in UTF-8 on every system, whatever its locale or code page.</summary>
internal static class StandardStreams
{
    private static readonly Encoding Utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Opens stdout.</summary>
    public static TextWriter OpenOutput() => Open(1, Console.OpenStandardOutput);

    /// <summary>Opens stderr.</summary>
    public static TextWriter OpenError() => Open(2, Console.OpenStandardError);

    private static StreamWriter Text(Stream stream) => new(stream, Utf8) { AutoFlush = true };

    private static StreamWriter Open(int descriptor, Func<Stream> console)
    {
        if (!OperatingSystem.IsWindows())
        {
            return Text(new DescriptorStream(descriptor));
        }

        try
        {
            // There it is the console that turns bytes into characters.
            Console.OutputEncoding = Utf8;
        }
        catch (Exception unchanged) when (unchanged is IOException or UnauthorizedAccessException)
        {
            // There is no console; files and pipes get UTF-8 all the same.
        }

        return Text(console());
    }
}
