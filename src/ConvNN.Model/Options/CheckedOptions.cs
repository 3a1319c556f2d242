using System.Runtime.CompilerServices;

namespace ConvNN.Model.Options;

/// <summary>Options that reject an invalid value as soon as it is set, with the same rule and message as the configuration.</summary>
public abstract record CheckedOptions
{
    /// <summary>The section of the options in a configuration: <c>Training</c>, <c>Training:Optimizer</c>.</summary>
    protected abstract string Section { get; }

    /// <summary>The declarations of the options.</summary>
    protected abstract IReadOnlyList<Option> Declared { get; }

    /// <summary>Returns the value if it is allowed.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="name">The option's name; by default that of the calling property.</param>
    /// <exception cref="ConfigurationException">The value is out of range.</exception>
    protected T Checked<T>(T value, [CallerMemberName] string name = "")
    {
        Option option = Declared.First(option => option.Name == name);
        return option.IsAllowed(value) ? value : throw new ConfigurationException(option.Refuse($"{Section}:{name}", value));
    }
}
