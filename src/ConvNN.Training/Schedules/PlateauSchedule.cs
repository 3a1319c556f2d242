using ConvNN.Kernels.Functions;
using ConvNN.Model.Options;

namespace ConvNN.Training.Schedules;

/// <summary>
/// A rate that is reduced when the validation loss has not fallen for some epochs (PyTorch <c>ReduceLROnPlateau</c> with
/// a relative threshold).
/// </summary>
public sealed record PlateauSchedule : ScheduleOptions
{
    private const string PatienceKey = "Patience";
    private const string FactorKey = "Factor";
    private const string ThresholdKey = "Threshold";

    /// <summary>The registration.</summary>
    public static TypeDefinition<ScheduleOptions> Registration { get; } = new(
        "plateau",
        "A learning rate that is reduced when the validation loss stands still.",
        [
            OptionSpec.Integer(PatienceKey, "epochs without a lower validation loss that are borne", minimum: 0, otherwise: 10),
            OptionSpec.Number(FactorKey, "what the rate is multiplied by then", minimum: 1e-6, below: 1, otherwise: 0.1),
            OptionSpec.Number(ThresholdKey, "share by which a loss must be lower to count", minimum: 0, below: 1, otherwise: 1e-4),
            WarmupSpec,
        ],
        values => new PlateauSchedule
        {
            Patience = values.Get<int>(PatienceKey),
            Factor = values.Get<double>(FactorKey),
            Threshold = values.Get<double>(ThresholdKey),
            Warmup = values.Get<double>(WarmupKey),
        });

    /// <summary>Epochs without a lower loss that are borne; the rate drops with the next.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>What the rate is multiplied by, in (0, 1).</summary>
    public double Factor { get; init; } = 0.1;

    /// <summary>A loss is lower when it is below the best times 1 − threshold.</summary>
    public double Threshold { get; init; } = 1e-4;

    /// <inheritdoc/>
    public override TypeDefinition Definition => Registration;

    /// <inheritdoc/>
    public override bool NeedsValidation => true;

    /// <inheritdoc/>
    public override IEnumerable<KeyValuePair<string, object?>> Values =>
        [new(PatienceKey, Patience), new(FactorKey, Factor), new(ThresholdKey, Threshold), .. base.Values];

    /// <inheritdoc/>
    public override double FactorAt(in ScheduleMoment moment) => Elementary.Pow(Factor, moment.Reductions);

    /// <summary>How often the rate has been reduced after epochs with these losses.</summary>
    /// <param name="losses">The validation loss of each epoch so far, in order.</param>
    public int ReductionsAfter(IEnumerable<double> losses)
    {
        (double best, int worse, int reductions) = (double.PositiveInfinity, 0, 0);
        foreach (double loss in losses)
        {
            bool isLower = loss < best * (1 - Threshold);
            best = isLower ? loss : best;
            worse = isLower ? 0 : worse + 1;
            if (worse > Patience)
            {
                reductions++;
                worse = 0;
            }
        }

        return reductions;
    }
}
