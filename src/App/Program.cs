using ConvNN.App.Commands;
using ConvNN.App.Hosting;
using ConvNN.App.Output;

namespace ConvNN.App;

/// <summary>The program: signals first, then one command, whose result or fault becomes the exit code.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        LineWriter output = new(Console.Out, Terminal.OfOutput());
        using StopSignals signals = new(output);
        CommandLine commandLine = new(signals, output);
        try
        {
            return await commandLine.RunAsync(arguments);
        }
        catch (Exception exception)
        {
            output.Redraw("");
            Fault fault = Fault.Of(exception, signals);
            fault.WriteTo(new LineWriter(Console.Error), commandLine.IsVerbose(arguments));
            return fault.ExitCode;
        }
    }
}
