using ConvNN.Kernels;
using ConvNN.Kernels.Probes;
using ConvNN.Kernels.Vectors;

namespace ConvNN.App.Commands.Bench.Measuring;

/// <summary>What the arithmetic units of this machine can do at most: multiply-adds that never leave the registers.</summary>
internal static class MultiplyAddPeak
{
    // Some six microseconds with AVX-512: looking at the clock then takes less than a percent.
    private const int Rounds = 4096;

    /// <summary>GFLOP/s of several cores together.</summary>
    /// <param name="tier">What computes.</param>
    /// <param name="cores">The number of cores.</param>
    /// <param name="duration">How long to measure.</param>
    public static double Measure(KernelTier tier, int cores, TimeSpan duration)
    {
        MachineProbe probe = KernelSet.For(tier).Probe;
        double operations = (double)Rounds * probe.OperationsPerRound;
        return CoreTeam.Rate(cores, duration, _ => float.IsFinite(probe.MultiplyAdds(Rounds)) ? operations : 0) / 1e9;
    }
}
