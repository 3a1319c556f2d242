namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What two cores have to do with each other.</summary>
/// <param name="Microseconds">µs of a meeting.</param>
/// <param name="LineNanoseconds">ns of reading a cache line that the other core has written.</param>
internal sealed record MeetingReport(double Microseconds, double LineNanoseconds);
