using System.ComponentModel;
using System.Diagnostics;

namespace ConvNN.App.Runs;

/// <summary>The process that trains a run, told from a later one that got the same number.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartedUtc">When it started; null in a record that does not say.</param>
/// <param name="Host">The machine; null in a record that does not say.</param>
internal sealed record RunProcess(int Id, DateTime? StartedUtc, string? Host)
{
    // Systems derive the time from ticks since boot, so a clock that was set in between moves it a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(10);

    /// <summary>This process.</summary>
    public static RunProcess Own { get; } = OfThis();

    /// <summary>Whether it has certainly ended. One on another machine, which shares a disk with this one, may still run.</summary>
    public bool IsGone()
    {
        if (Host is not null && Host != Own.Host)
        {
            return false;
        }

        try
        {
            using Process process = Process.GetProcessById(Id);
            return process.HasExited || (StartedUtc is { } started && (process.StartTime.ToUniversalTime() - started).Duration() > Tolerance);
        }
        catch (Exception none) when (none is ArgumentException or InvalidOperationException)
        {
            return true;
        }
        catch (Exception hidden) when (hidden is Win32Exception or NotSupportedException)
        {
            return false;       // another user's
        }
    }

    private static RunProcess OfThis()
    {
        using Process process = Process.GetCurrentProcess();
        return new RunProcess(process.Id, process.StartTime.ToUniversalTime(), Environment.MachineName);
    }
}
