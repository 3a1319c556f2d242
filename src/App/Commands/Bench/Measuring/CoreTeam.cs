using System.Diagnostics;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>The same work on several cores at once.</summary>
internal static class CoreTeam
{
    /// <summary>What all of them together get done in a second.</summary>
    /// <param name="cores">The number of threads.</param>
    /// <param name="duration">How long they work.</param>
    /// <param name="work">A piece of work, of some microseconds, for a thread from 0; returns how much it was. Must not throw.</param>
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
