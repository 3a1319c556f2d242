using System.Globalization;
using ConvNN.App.Commands;
using ConvNN.App.Faults;
using ConvNN.App.Hosting;
using ConvNN.App.Log;
using ConvNN.App.Log.Events;
using ConvNN.App.Output;
using ConvNN.Cluster;

namespace ConvNN.App;

/// <summary>The program: looks at the system's limits, registers for signals, then runs one command, whose result or fault becomes the exit code.</summary>
public static class Program
{
    /// <summary>Runs one command. Other programs call it after registering their own layers, optimizers and the like.</summary>
    /// <param name="arguments">The command line.</param>
    /// <returns>The exit code.</returns>
    public static Task<int> Main(string[] arguments)
    {
        if (SystemLimits.Shortage() is not { } shortage)
        {
            return RunAsync(arguments);
        }

        // Little else of the program could be loaded.
        new LineWriter(StandardStreams.OpenError()).Show($"system: {shortage}");
        return Task.FromResult(ExitCode.SystemLimit);
    }

    private static async Task<int> RunAsync(string[] arguments)
    {
        // Files and the log have the same format everywhere, even if the calling program uses another culture.
        CultureInfo.CurrentCulture = CultureInfo.DefaultThreadCurrentCulture = CultureInfo.InvariantCulture;
        Launcher? launcher = Launcher.Find();

        // Open MPI gives ranks a terminal even where its own output goes to a file: plain lines are right in both.
        LineWriter output = new(StandardStreams.OpenOutput(), launcher is null ? Terminal.OfOutput() : null);
        await using RunLog log = new(output, TimeProvider.System);
        using StopSignals signals = new(log, TimeProvider.System);
        using Job job = new(launcher, output, log, signals);
        CommandLine commandLine = new(signals, output, log, job);
        try
        {
            CheckCurrentFolder();
            int exitCode = await commandLine.RunAsync(arguments);
            job.End();
            await log.CompleteAsync();
            if (exitCode == ExitCode.Done && !log.WasKept)
            {
                output.ThrowIfLost();
            }

            return exitCode;
        }
        catch (Exception exception)
        {
            Fault fault = Fault.Of(exception, signals.ExitCode, signals.Name);
            foreach (string line in fault.Lines())
            {
                log.Write(TextEvent.Fault(fault.ExitCode, line));
            }

            // Earlier output must appear before the fault.
            await log.CompleteAsync();
            output.Redraw("");
            if (job.Reports(exception))
            {
                fault.WriteTo(new LineWriter(StandardStreams.OpenError()), commandLine.IsVerbose(arguments), job.Prefix);
            }

            job.Fail(exception, fault.ExitCode);
            return fault.ExitCode;
        }
    }

    private static void CheckCurrentFolder()
    {
        try
        {
            _ = Directory.GetCurrentDirectory();
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            throw new OutputException("the current folder is gone, or may not be read; change to one that exists.", gone);
        }
    }
}
