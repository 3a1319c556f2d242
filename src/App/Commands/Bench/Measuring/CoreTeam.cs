using System.Diagnostics;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Runs the same work on several cores at once.</summary>
internal static class CoreTeam
{
    /// <summary>The work that all cores together complete per second.</summary>
    /// <param name="cores">The number of threads.</param>
    /// <param name="duration">How long they work.</param>
    /// <param name="work">Does a few microseconds of work for a thread, numbered from 0, and returns the amount. Must not throw.</param>
    public static double Rate(int cores, TimeSpan duration, Func<int, double> work)
    {
        double[] rates = new double[cores];
        using Barrier start = new(cores);
        Thread[] threads = [.. Enumerable.Range(0, cores).Select(core => new Thread(() => Work(core)) { IsBackground = true })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        return rates.Sum();

        void Work(int core)
        {
            start.SignalAndWait();
            long began = Stopwatch.GetTimestamp();
            double done = 0;
            TimeSpan elapsed;
            do
            {
                done += work(core);
                elapsed = Stopwatch.GetElapsedTime(began);
            }
            while (elapsed < duration);
            rates[core] = done / elapsed.TotalSeconds;
        }
    }
}
