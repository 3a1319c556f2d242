using System.Diagnostics;
using ConvNN.Kernels.Vectors;

namespace ConvNN.Training.Pipeline.OwnFeatures;

/// <summary>Measures what two cores of this machine take for what the members of a step do together: to meet, and to read what the other has written.</summary>
public static class MeetingTimer
{
    private const int Meetings = 64;

    // Half a megabyte, about the weights of a small network: more than a first-level cache holds and less than a second-level one.
    private const int LineCount = 8192;
    private const int Line = 16;

    /// <summary>Measures for a while, on the calling thread and another one.</summary>
    /// <param name="duration">How long.</param>
    /// <returns>µs of a meeting, and ns of reading a cache line that the other core has written: medians of the quarter in which they met fastest.</returns>
    /// <remarks>Where others use a core, the system may run both threads on the other one: then each meeting takes a yield, and no line travels.</remarks>
    public static (double Meeting, double Line) Measure(TimeSpan duration)
    {
        MemberBarrier barrier = new(2);
        AlignedBuffer lines = new(LineCount * Line);
        List<(double Meeting, double Line)> rounds = [];
        bool isOver = false;
        Thread writer = new(Write) { IsBackground = true };
        writer.Start();
        long began = Stopwatch.GetTimestamp();
        do
        {
            barrier.Wait(0);
            long before = Stopwatch.GetTimestamp();
            Meet(0);
            double meeting = Stopwatch.GetElapsedTime(before).TotalMicroseconds / Meetings;
            barrier.Wait(0);
            before = Stopwatch.GetTimestamp();
            isOver = float.IsNaN(Sum(lines.Span));
            rounds.Add((meeting, Stopwatch.GetElapsedTime(before).TotalNanoseconds / LineCount));
            isOver |= Stopwatch.GetElapsedTime(began) >= duration;
            barrier.Wait(0);
        }
        while (!isOver);
        writer.Join();
        (double Meeting, double Line)[] fastest = [.. rounds.OrderBy(round => round.Meeting).Take((rounds.Count + 3) / 4)];
        return (fastest[fastest.Length / 2].Meeting, fastest.Select(round => round.Line).Order().ElementAt(fastest.Length / 2));

        void Write()
        {
            float value = 0;
            do
            {
                barrier.Wait(1);
                Meet(1);
                lines.Span.Fill(value++);
                barrier.Wait(1);
                barrier.Wait(1);
            }
            while (!isOver);
        }

        void Meet(int member)
        {
            for (int meeting = 0; meeting < Meetings; meeting++)
            {
                barrier.Wait(member);
            }
        }
    }

    private static float Sum(ReadOnlySpan<float> values)
    {
        float sum = 0;
        for (int i = 0; i < values.Length; i += Line)
        {
            sum += values[i];
        }

        return sum;
    }
}
