using ConvNN.Kernels;
using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>Measures the arithmetic peak of this machine with multiply-adds that never leave the registers.</summary>
internal static class MultiplyAddPeak
{
    // About six microseconds with AVX-512, so that reading the clock takes less than one percent.
    private const int Rounds = 4096;

    /// <summary>The total GFLOP/s of several cores.</summary>
    /// <param name="tier">The kernels.</param>
    /// <param name="cores">The number of cores.</param>
    /// <param name="duration">How long to measure.</param>
    public static double Measure(KernelTier tier, int cores, TimeSpan duration)
    {
        MachineProbe probe = KernelSet.For(tier).Probe;
        double operations = (double)Rounds * probe.OperationsPerRound;
        return CoreTeam.Rate(cores, duration, _ => float.IsFinite(probe.MultiplyAdds(Rounds)) ? operations : 0) / 1e9;
    }
}
