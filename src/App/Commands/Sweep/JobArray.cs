using System.Globalization;
using ConvNN.App.Faults;
using ConvNN.Model.Options;

namespace ConvNN.App.Commands.Sweep;

/// <summary>A task of a scheduler's job array, by the environment variables that schedulers set for it.</summary>
/// <param name="variable">The value of a variable; null if it is not set.</param>
internal sealed class JobArray(Func<string, string?> variable)
{
    private const string Slurm = "SLURM_ARRAY_TASK_";
    private const string GridEngine = "SGE_TASK_";

    // These tell an index only. LSF tells the last one as well, which is no count where an array does not begin at 1.
    private static readonly (string Index, string Missing)[] WithoutCount =
    [
        ("PBS_ARRAY_INDEX", "PBS does not tell how many tasks its array has"),
        ("PBS_ARRAYID", "Torque does not tell how many tasks its array has"),
        ("LSB_JOBINDEX", "LSF does not tell the first index of its array"),
    ];

    /// <summary>Which part of how many the task is. Indices may begin anywhere and have a step: <c>10-40:10</c> are parts 1 to 4 of 4.</summary>
    /// <exception cref="UsageException">This is no task of a job array, or the scheduler does not tell enough.</exception>
    public (int Number, int Count) Part()
    {
        // https://slurm.schedmd.com/job_array.html
        if (Has($"{Slurm}ID"))
        {
            int first = Value($"{Slurm}MIN");
            int last = Value($"{Slurm}MAX");
            int count = Value($"{Slurm}COUNT");
            return Part($"{Slurm}ID", first, last, count <= 1 ? 1 : (last - first) / (count - 1), count);
        }

        // Grid Engine's qsub(1).
        if (Has($"{GridEngine}ID"))
        {
            int first = Value($"{GridEngine}FIRST");
            int last = Value($"{GridEngine}LAST");
            int step = Math.Max(Value($"{GridEngine}STEPSIZE"), 1);
            return Part($"{GridEngine}ID", first, last - ((last - first) % step), step, ((last - first) / step) + 1);
        }

        foreach ((string index, string missing) in WithoutCount.Where(one => Has(one.Index)))
        {
            throw new UsageException($"--part is auto, but {index} alone does not say which part this is: {missing}; give it, such as --part ${index}/16 for tasks 1 to 16.");
        }

        throw Refused($"this is no task of a job array: {Slurm}ID and {GridEngine}ID are not set");
    }

    private (int Number, int Count) Part(string name, int first, int last, int step, int count)
    {
        int index = Value(name);
        bool isRegular = step > 0 && last - first == (long)step * (count - 1) && index >= first && index <= last && (index - first) % step == 0;
        return isRegular
            ? (((index - first) / step) + 1, count)
            : throw Refused($"the place of {name}={index} among {count:N0} indices from {first} to {last} is not known, which have no common step");
    }

    // Grid Engine says undefined in other jobs, LSF says 0.
    private bool Has(string name) => variable(name) is { Length: > 0 } value && value != "undefined" && !(name == "LSB_JOBINDEX" && value == "0");

    private int Value(string name) => !Has(name)
        ? throw Refused($"{name} is not set, so the number of parts is not known")
        : int.TryParse(variable(name), NumberStyles.None, null, out int value)
            ? value
            : throw Refused($"{name} is {ShownValue.Of(variable(name))}, not a whole number");

    private static UsageException Refused(string why) => new($"--part is auto, but {why}; give part K of N, such as 3/16.");
}
