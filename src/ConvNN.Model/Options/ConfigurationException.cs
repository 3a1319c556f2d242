namespace ConvNN.Model.Options;

/// <summary>A configuration that cannot be used: all its failures at once, each with key, value, rule and hint.</summary>
public sealed class ConfigurationException : ConvNNException
{
    /// <summary>Creates the fault of one failure.</summary>
    public ConfigurationException(string failure)
        : this([failure])
    {
    }

    /// <summary>Creates the fault of several failures.</summary>
    public ConfigurationException(IReadOnlyList<string> failures)
        : base(string.Join(Environment.NewLine, failures))
    {
        Failures = failures;
    }

    /// <summary>A sentence per failure.</summary>
    public IReadOnlyList<string> Failures { get; }
}
