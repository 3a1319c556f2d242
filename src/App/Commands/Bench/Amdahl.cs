namespace ConvNN.App.Commands.Bench;

/// <summary>Amdahl's law: G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities", AFIPS 1967.</summary>
internal static class Amdahl
{
    /// <summary>The speed-up of some workers.</summary>
    /// <param name="share">The share of the work that can be divided, from 0 to 1.</param>
    /// <param name="workers">The workers.</param>
    public static double SpeedUp(double share, double workers) => 1 / (1 - share + (share / workers));

    /// <summary>The share that fits measurements best, by least squares of 1 / speed-up, in which the law is linear.</summary>
    /// <param name="measured">Workers, and their speed-up over one.</param>
    public static double Fit(IReadOnlyList<(double Workers, double SpeedUp)> measured)
    {
        // 1 − 1/s = p · (1 − 1/w)
        double products = measured.Sum(point => (1 - (1 / point.SpeedUp)) * (1 - (1 / point.Workers)));
        double squares = measured.Sum(point => Math.Pow(1 - (1 / point.Workers), 2));
        return squares == 0 ? 1 : Math.Clamp(products / squares, 0, 1);
    }
}
